import { expectArray, expectRecord, expectString, optional } from './expect.ts';

/** The OCI features document (runtime spec, features.md), as far as this package reads it; `document` is all of it. */
export interface RuntimeFeatures {
  readonly ociVersionMin?: string;
  readonly ociVersionMax?: string;
  readonly hooks: readonly string[];
  readonly mountOptions: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly document: Readonly<Record<string, unknown>>;
}

export function parseFeatures(value: unknown, path = 'features'): RuntimeFeatures {
  const document = expectRecord(value, path);
  const text = (name: string) => optional(document[name], `${path}.${name}`, expectString);
  const list = (name: string) => {
    const entries = optional(document[name], `${path}.${name}`, expectArray) ?? [];
    return entries.map((entry, index) => expectString(entry, `${path}.${name}[${index}]`));
  };
  const annotations = Object.entries(optional(document['annotations'], `${path}.annotations`, expectRecord) ?? {});
  const ociVersionMin = text('ociVersionMin');
  const ociVersionMax = text('ociVersionMax');
  return {
    ...(ociVersionMin === undefined ? {} : { ociVersionMin }),
    ...(ociVersionMax === undefined ? {} : { ociVersionMax }),
    hooks: list('hooks'),
    mountOptions: list('mountOptions'),
    annotations: Object.fromEntries(
      annotations.map(([name, entry]) => [name, expectString(entry, `${path}.annotations.${name}`)]),
    ),
    document,
  };
}
