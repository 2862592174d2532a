import { describe, expect, it } from 'vitest';
import { parseFlags } from './flags.ts';

describe('parseFlags', () => {
  it('reads what containerd passes to start', () => {
    const argv = '-namespace k8s.io -address /run/c.sock -publish-binary /usr/bin/containerd -id c1 -debug start'.split(
      ' ',
    );
    expect(parseFlags(argv)).toMatchObject({
      namespace: 'k8s.io',
      address: '/run/c.sock',
      publishBinary: '/usr/bin/containerd',
      id: 'c1',
      debug: true,
      action: 'start',
    });
  });

  it('takes one or two dashes, and the value after an equals sign', () => {
    expect(parseFlags(['--namespace=a', '-id=b', '--bundle', '/x', '-debug=false'])).toMatchObject({
      namespace: 'a',
      id: 'b',
      bundle: '/x',
      debug: false,
      action: '',
    });
  });

  it('keeps every equals sign after the first, and an empty value', () => {
    expect(parseFlags(['-address=/a=b', '-id='])).toMatchObject({ address: '/a=b', id: '' });
  });

  it('stops at the action', () => {
    expect(parseFlags(['delete', '-id', 'x'])).toMatchObject({ action: 'delete', id: '' });
    expect(parseFlags(['-id', 'x', '--', 'start'])).toMatchObject({ action: 'start', id: 'x' });
  });

  it('takes a value that looks like a flag', () => {
    expect(parseFlags(['-id', '-v'])).toMatchObject({ id: '-v', version: false });
  });

  it.each([
    [['-nope'], 'flag provided but not defined: -nope'],
    [['-toString=1'], 'flag provided but not defined: -toString'],
    [['-id'], 'flag needs an argument: -id'],
    [['-debug=maybe'], 'invalid boolean value "maybe" for -debug'],
    [['---id', 'x'], 'bad flag syntax: ---id'],
    [['-=x'], 'bad flag syntax: -=x'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseFlags(argv)).toThrow(expect.objectContaining({ code: 'invalid_argument', message }));
  });

  it.each([['-v'], ['--version'], ['-version=true']])('knows %s as the version', (flag) => {
    expect(parseFlags([flag]).version).toBe(true);
  });
});
