import type { Host } from '../host/host.ts';

/** What a check may look at. */
export interface DoctorContext {
  readonly host: Host;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly nodeVersion: string;
  readonly paths: DoctorPaths;
}

export interface DoctorPaths {
  readonly containerdConfig: string;
  readonly containerdSocket: string;
  /** containerd's state folder. */
  readonly state: string;
  /** sandshim's own state folder. */
  readonly root: string;
  readonly shimSockets: string;
  readonly runscToml: string;
}

export type Verdict = 'ok' | 'warn' | 'fail';

/** What a check has found. Whatever is not `ok` says what to do about it. */
export type Finding =
  | { readonly verdict: 'ok'; readonly detail: string }
  | {
      readonly verdict: 'warn' | 'fail';
      readonly detail: string;
      /** One line that mends it; a command wherever there is one. */
      readonly advice: string;
      /** Does what the advice says. */
      readonly fix?: () => Promise<void>;
    };

/** One thing that sandshim needs of a machine. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** Never throws for what it finds; a thrown error is shown as the check's own failure. No finding at all: it does not apply here. */
  readonly probe: (context: DoctorContext) => Promise<readonly Finding[]>;
}

export function ok(detail: string): Finding {
  return { verdict: 'ok', detail };
}

export function warn(detail: string, advice: string, fix?: () => Promise<void>): Finding {
  return { verdict: 'warn', detail, advice, ...(fix === undefined ? {} : { fix }) };
}

export function fail(detail: string, advice: string, fix?: () => Promise<void>): Finding {
  return { verdict: 'fail', detail, advice, ...(fix === undefined ? {} : { fix }) };
}
