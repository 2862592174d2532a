import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

export interface OciArchiveOptions {
  /** The files of the one layer. */
  readonly rootfs: string;
  /** A folder for what is needed in between. */
  readonly work: string;
  /** The tar file to write. */
  readonly archive: string;
  /** Each image of the archive: the same files under another name, with another command. */
  readonly images: readonly { readonly name: string; readonly command: readonly string[] }[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
// One fixed time makes the same files the same image.
const EPOCH = '2020-01-01T00:00:00Z';

/** Writes a tar of an OCI image layout (image-spec, "image-layout.md") that `ctr image import` takes. */
export async function writeOciArchive(options: OciArchiveOptions): Promise<void> {
  const layout = join(options.work, 'layout');
  await mkdir(join(layout, 'blobs', 'sha256'), { recursive: true });
  const layer = await addLayer(layout, options);
  const manifests = [];
  for (const { name, command } of options.images) {
    const config = await addBlob(layout, 'application/vnd.oci.image.config.v1+json', {
      created: EPOCH,
      architecture: architectures[process.arch],
      os: 'linux',
      config: { Env: ['PATH=/bin'], Cmd: command, WorkingDir: '/' },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
      history: [{ created: EPOCH, created_by: 'busybox-static' }],
    });
    const manifest = await addBlob(layout, 'application/vnd.oci.image.manifest.v1+json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [layer],
    });
    const tag = name.slice(name.lastIndexOf(':') + 1);
    const annotations = { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': tag };
    manifests.push({ ...manifest, annotations });
  }
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  await tar({ folder: layout, to: options.archive });
}

async function addLayer(layout: string, { rootfs, work }: OciArchiveOptions): Promise<Descriptor> {
  const file = join(work, 'layer.tar');
  await tar({ folder: rootfs, to: file });
  const digest = sha256(await readFile(file));
  const { size } = await stat(file);
  await rename(file, join(layout, 'blobs', 'sha256', digest));
  return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${digest}`, size };
}

async function addBlob(layout: string, mediaType: string, content: unknown): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(content));
  const digest = sha256(bytes);
  await writeFile(join(layout, 'blobs', 'sha256', digest), bytes);
  return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
}

async function tar({ folder, to }: { readonly folder: string; readonly to: string }): Promise<void> {
  const same = ['--sort=name', `--mtime=${EPOCH}`, '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  await execa('tar', [...same, '--directory', folder, '--create', '--file', to, '.']);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
