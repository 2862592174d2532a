import { execa } from 'execa';
import { eventually } from '../../../../tests/support/eventually.ts';
import { unique } from '../../../../tests/support/unique.ts';

/** A terminal that a test types into and looks at. */
export interface Screen extends AsyncDisposable {
  /** The lines that are to be seen now, without those at the end that are empty. */
  lines(): Promise<readonly string[]>;
  /** Types text and the enter key. */
  type(text: string): Promise<void>;
  /** Presses keys by tmux's names: `C-c`, `Escape`. */
  press(...keys: readonly string[]): Promise<void>;
  /** Waits until a line is exactly this, or matches. */
  sees(line: string | RegExp): Promise<void>;
  resize(size: { readonly columns: number; readonly rows: number }): Promise<void>;
}

/** Starts root's shell on a terminal of tmux, whose server is this screen's own. */
export async function openScreen(options: {
  readonly columns: number;
  readonly rows: number;
  readonly env: Readonly<Record<string, string>>;
}): Promise<Screen> {
  const { columns, rows, env } = options;
  const server = unique('cli');
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await execa('tmux', ['-L', server, '-f', '/dev/null', ...args], { env })).stdout;
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), 'sh');
  const lines = async (): Promise<readonly string[]> => {
    const text = await tmux('capture-pane', '-p');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd());
  };
  const screen: Screen = {
    lines,
    type: async (text) => void (await tmux('send-keys', text, 'Enter')),
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    sees: async (wanted) => {
      const there = async (): Promise<true | undefined> =>
        (await lines()).some((line) => (typeof wanted === 'string' ? line === wanted : wanted.test(line))) || undefined;
      await eventually(there, { what: `the line ${wanted}`, everyMs: 100, timeoutMs: 60_000 }).catch(
        async (error: unknown) => {
          throw new Error(`the screen shows\n${(await lines()).join('\n')}`, { cause: error });
        },
      );
    },
    resize: async (size) => void (await tmux('resize-window', '-x', String(size.columns), '-y', String(size.rows))),
    [Symbol.asyncDispose]: async () => void (await tmux('kill-server').catch(() => undefined)),
  };
  await screen.sees('#');
  return screen;
}
