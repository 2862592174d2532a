import type { Host } from '../host/host.ts';
import type { Style } from '../output/style.ts';
import type { Step } from './plan.ts';

/** Does a step; advice needs nothing done. */
export async function perform(host: Host, step: Step): Promise<void> {
  switch (step.kind) {
    case 'link':
      return await host.symlink(step.target, step.path);
    case 'write':
      return await host.writeText(step.path, step.text);
    case 'remove':
      return await host.remove(step.path);
    case 'advise':
      return;
  }
}

/** A step in words; with `full` what would be written is shown too. */
export function describe(step: Step, options: { readonly style: Style; readonly full: boolean }): string {
  const { style, full } = options;
  switch (step.kind) {
    case 'link':
      return `${style.green('link')}   ${step.path} -> ${step.target}`;
    case 'write':
      return `${style.green('write')}  ${step.path}${full ? `\n${indent(step.text)}` : ''}`;
    case 'remove':
      return `${style.red('remove')} ${step.path}`;
    case 'advise':
      return `${style.cyan('→')} ${step.text}`;
  }
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `         ${line}`.trimEnd())
    .join('\n');
}
