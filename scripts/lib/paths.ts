import { dirname, join } from 'node:path';

/** The folder of the checkout. */
export const root: string = dirname(dirname(import.meta.dirname));

/** What is fetched or made once and kept between runs; `npm run clean` removes it. */
export const cacheFolder: string = join(root, '.cache');

/** The runnable programs that `npm run build` leaves. */
export const binFolder: string = join(root, 'dist', 'bin');
