/**
 * runsc's own flags by their own names, as `runsc flags` lists them. Which of them exist depends on the version; a flag
 * that is not listed here passes as it is. `undefined` leaves a flag out.
 */
export interface RunscFlags {
  readonly platform?: 'systrap' | 'ptrace' | 'kvm' | (string & {});
  readonly network?: 'sandbox' | 'host' | 'none';
  readonly 'net-raw'?: boolean;
  readonly gso?: boolean;
  /** As `{root|all}:{memory|self|dir=path}`, or `none`. */
  readonly overlay2?: string;
  readonly 'file-access'?: 'exclusive' | 'shared';
  readonly 'file-access-mounts'?: 'exclusive' | 'shared';
  readonly 'host-uds'?: 'none' | 'open' | 'create' | 'all';
  readonly 'host-fifo'?: 'none' | 'open';
  readonly 'ignore-cgroups'?: boolean;
  readonly 'systemd-cgroup'?: boolean;
  readonly rootless?: boolean;
  readonly directfs?: boolean;
  readonly nvproxy?: boolean;
  readonly 'oci-seccomp'?: boolean;
  readonly 'watchdog-action'?: 'log' | 'panic';
  readonly 'panic-signal'?: number;
  readonly profile?: boolean;
  readonly strace?: boolean;
  readonly 'strace-syscalls'?: string;
  readonly 'strace-log-size'?: number;
  readonly 'debug-log-format'?: 'text' | 'json' | 'json-k8s';
  /** Commands whose debug log is written, as in `create,start` or `!boot,events`. */
  readonly 'debug-command'?: string;
  readonly alsologtostderr?: boolean;
  readonly 'allow-flag-override'?: boolean;
  readonly 'metric-server'?: string;
  readonly 'pod-init-config'?: string;
  readonly 'cpu-num-from-quota'?: boolean;
  readonly fdlimit?: number;
  readonly [flag: string]: string | number | boolean | undefined;
}
