import { readFile } from 'node:fs/promises';

/** The mount points under a folder, deepest last. */
export async function mountsUnder(folder: string): Promise<readonly string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return lines
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8))),
    )
    .filter((point) => point === folder || point.startsWith(`${folder}/`));
}
