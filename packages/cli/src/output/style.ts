import picocolors from 'picocolors';

/** Colour functions; each is the identity where colours are off. */
export type Style = Pick<
  ReturnType<typeof picocolors.createColors>,
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'isColorSupported'
>;

/** Colours for a stream: only on a terminal, and never with NO_COLOR set to anything (no-color.org). */
export function createStyle(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const noColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return picocolors.createColors(stream.isTTY === true && !noColor && env['TERM'] !== 'dumb');
}
