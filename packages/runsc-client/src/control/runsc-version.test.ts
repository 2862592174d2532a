import { describe, expect, it } from 'vitest';
import { askRunscVersion, parseRunscVersion } from './runsc-version.ts';

describe('parseRunscVersion', () => {
  it('reads both lines', () => {
    expect(parseRunscVersion('runsc version 0.0~20240729.0\nspec: 1.2.0\n')).toEqual({
      version: '0.0~20240729.0',
      spec: '1.2.0',
    });
  });

  it.each(['', 'runsc version x', 'runc version 1.1\nspec: 1.0', 'spec: 1.0\n'])('finds none in %j', (text) => {
    expect(parseRunscVersion(text)).toBeUndefined();
  });
});

describe('askRunscVersion', () => {
  it('finds none in a program that is no runsc, fails, or does not exist', async () => {
    for (const file of ['/bin/echo', '/bin/false', '/nonexistent']) {
      await expect(askRunscVersion(file)).resolves.toBeUndefined();
    }
  });
});
