import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** A CNI network of one test: a bridge of its own. Disposing removes the bridge. */
export interface CniNetwork extends AsyncDisposable {
  readonly confFolder: string;
  /** The bridge's name on the host. */
  readonly bridge: string;
}

/** Writes the configuration of a bridge network below `folder`. `index` (0 to 255) keeps networks apart. */
export async function cniNetwork(folder: string, index: number): Promise<CniNetwork> {
  const confFolder = join(folder, 'cni');
  const bridge = `sandshim${index}`;
  await mkdir(confFolder, { recursive: true });
  const conf = {
    cniVersion: '0.4.0',
    name: bridge,
    plugins: [
      {
        type: 'bridge',
        bridge,
        isGateway: true,
        ipam: {
          type: 'host-local',
          dataDir: join(folder, 'ipam'),
          ranges: [[{ subnet: `10.211.${index}.0/24` }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
  await writeFile(join(confFolder, '10-bridge.conflist'), JSON.stringify(conf));
  return {
    confFolder,
    bridge,
    [Symbol.asyncDispose]: async () => {
      await execa('ip', ['link', 'delete', bridge], { reject: false });
    },
  };
}
