import { describe, expect, it } from 'vitest';
import { parseOutputMode } from './mode.ts';
import { parseTemplate } from './template.ts';

const row = { id: 'web', labels: { app: 'shop' }, pids: [1, 2], exitStatus: 0, note: undefined };

describe('--format', () => {
  it.each([
    ['{{.Id}}', 'web'],
    ['{{ .id }} is {{.Labels.App}}', 'web is shop'],
    ['{{.id}}\\t{{.exitStatus}}\\n', 'web\t0\n'],
    ['{{json .labels}}', '{"app":"shop"}'],
    ['{{.pids}}', '[1,2]'],
    ['{{.note}}|{{.missing.deeper}}|', '||'],
    ['{{json .missing}}', 'null'],
    ['plain } text {', 'plain } text {'],
  ])('%s renders as %j', (template, text) => {
    expect(parseTemplate(template)(row)).toBe(text);
  });

  it('{{json .}} is the whole row', () => {
    expect(JSON.parse(parseTemplate('{{json .}}')(row))).toEqual({
      id: 'web',
      labels: { app: 'shop' },
      pids: [1, 2],
      exitStatus: 0,
    });
  });

  it.each(['{{range .}}', '{{.id', '{{upper .id}}', 'id}}'])(
    '%s is refused with what can be used instead',
    (template) => {
      expect(() => parseTemplate(template)).toThrow(/--format: cannot read .*use \{\{\.Field\}\}/);
    },
  );
});

describe('the output mode', () => {
  it('is a table unless something else is asked for', () => {
    expect(parseOutputMode({})).toEqual({ kind: 'table' });
    expect(parseOutputMode({ format: 'table' })).toEqual({ kind: 'table' });
    expect(parseOutputMode({ json: true })).toEqual({ kind: 'json' });
    expect(parseOutputMode({ format: 'json' })).toEqual({ kind: 'json' });
    expect(parseOutputMode({ quiet: true })).toEqual({ kind: 'quiet' });
    expect(parseOutputMode({ format: '{{.id}}' }).kind).toBe('template');
  });

  it('refuses two at once', () => {
    expect(() => parseOutputMode({ json: true, quiet: true })).toThrow('exclude one another');
  });
});
