/** mount(2) reads one page of data, its ending zero byte included. */
export const maxMountData = 4095;

const prefix = 'lowerdir=';

/** Overlay options whose layers are named through a shorter name of the folder that all of them are in. */
export interface ShortenedLayers {
  /** To be opened, and kept open until it is mounted. */
  readonly folder: string;
  /** The options, once that folder can be reached as `name`. */
  named(name: string): string[];
}

/**
 * A way to make overlay options fit into mount(2)'s page: deep layers share a long folder name, which is replaced by a
 * short one. `undefined` where the options are not overlay's or share no folder.
 */
export function shortenLayers(data: readonly string[]): ShortenedLayers | undefined {
  const layers = data
    .find((option) => option.startsWith(prefix))
    ?.slice(prefix.length)
    .split(layerSeparator);
  if (layers === undefined || layers.length < 2) return undefined;
  const folder = commonFolder(layers);
  if (folder === undefined) return undefined;
  return {
    folder,
    named: (name) =>
      data.map((option) =>
        option.startsWith(prefix)
          ? prefix + layers.map((layer) => `${name}${layer.slice(folder.length)}`).join(':')
          : option,
      ),
  };
}

// A colon in a path is escaped by a backslash.
const layerSeparator = /(?<!\\):/;

function commonFolder(paths: readonly string[]): string | undefined {
  const [first = '', ...others] = paths;
  let common = first;
  for (const path of others) {
    while (common !== '' && !path.startsWith(`${common}/`))
      common = common.slice(0, Math.max(common.lastIndexOf('/'), 0));
  }
  return common.startsWith('/') && !common.includes('\\') ? common : undefined;
}
