import type { Container, ContainerProcess } from '@sandshim/proc';
import { type ContainerId, parseExecId, SandshimError } from '@sandshim/runsc-client';

/** The containers of one shim, those that are still being made among them. */
export class ContainerTable {
  readonly #ready = new Map<string, Container>();
  readonly #pending = new Map<string, Promise<Container>>();

  /** Containers made or being made. */
  get size(): number {
    return this.#ready.size + this.#pending.size;
  }

  get all(): readonly Container[] {
    return [...this.#ready.values()];
  }

  /** Ids that are being made. */
  get pending(): readonly string[] {
    return [...this.#pending.keys()];
  }

  find(id: string): Container | undefined {
    return this.#ready.get(id);
  }

  /**
   * The container, once it is made: a client may close its stdin, or ask, before its Create has been answered.
   * @throws SandshimError `not_found`
   */
  async get(id: string): Promise<Container> {
    // Why it could not be made is its Create's to say.
    await this.#pending.get(id)?.catch(() => undefined);
    const container = this.#ready.get(id);
    if (container === undefined) throw new SandshimError('not_found', 'container not created');
    return container;
  }

  /** The container's init process, or its exec of that id; an empty `execId` means init. @throws SandshimError `not_found` */
  async process(id: string, execId: string): Promise<ContainerProcess> {
    const container = await this.get(id);
    if (execId === '') return container.init;
    const exec = container.execIds.find((known) => known === execId);
    if (exec === undefined) throw new SandshimError('not_found', `process does not exist ${execId}`);
    return container.exec(parseExecId(execId));
  }

  /**
   * Keeps the id while `make` makes its container.
   * @throws SandshimError `already_exists`
   */
  async add(id: ContainerId, make: () => Promise<Container>): Promise<Container> {
    if (this.#ready.has(id) || this.#pending.has(id)) {
      throw new SandshimError('already_exists', `container with id ${id} already exists in this shim`);
    }
    const made = make().then((container) => {
      this.#ready.set(id, container);
      return container;
    });
    this.#pending.set(id, made);
    try {
      return await made;
    } finally {
      this.#pending.delete(id);
    }
  }

  remove(id: string): void {
    this.#ready.delete(id);
  }
}
