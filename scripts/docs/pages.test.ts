import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../lib/paths.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the pages', () => {
  it.each([
    ['docs/kubernetes.md', 'deploy/runsc.toml'],
    ['docs/kubernetes.md', 'deploy/containerd/runtimes-v2.toml'],
    ['docs/kubernetes.md', 'deploy/containerd/runtimes-v3.toml'],
    ['docs/kubernetes.md', 'deploy/kubernetes/runtime-classes.yaml'],
    ['docs/docker-and-nerdctl.md', 'deploy/docker/daemon.json'],
  ])('%s shows %s as it stands', (page, file) => {
    const content = read(file).replace(/^(#.*\n)+\n?/, '');
    expect(read(page)).toContain(content);
  });

  it('name handlers in RuntimeClasses that containerd’s configuration has', () => {
    const handlers = [...read('deploy/kubernetes/runtime-classes.yaml').matchAll(/^handler: (.+)$/gm)];
    expect(handlers.map(([, handler]) => handler)).toEqual(['runsc', 'sandshim-runc']);
    for (const version of ['v2', 'v3']) {
      const configuration = read(`deploy/containerd/runtimes-${version}.toml`);
      for (const [, handler] of handlers) expect(configuration).toContain(`.containerd.runtimes.${handler}]`);
    }
  });

  it.each([
    ...readdirSync(join(root, 'docs'))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
    'README.md',
  ])('%s links to what exists', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)?(?:#([^)]+))?\)/g)];
    for (const [, path, anchor] of links) {
      const target = path === undefined ? page : join(dirname(page), path);
      expect(existsSync(join(root, target)), `${page}: ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(read(target))).toContain(anchor);
    }
  });
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
