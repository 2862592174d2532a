import { FileForwarder, journalOf } from './file-forwarder.ts';
import { GrpcForwarder } from './grpc-forwarder.ts';
import { type EventPublisher, nonePublisher } from './publisher.ts';
import { type LostEvent, QueuedPublisher, type QueueLimits } from './queued-publisher.ts';
import { TtrpcForwarder } from './ttrpc-forwarder.ts';

/** What a shim was told about where its events go. */
export interface CreatePublisherOptions {
  /** The containerd namespace of the shim's containers. */
  readonly namespace: string;
  /** TTRPC_ADDRESS; empty or absent where the engine has none. `file:///path` is a journal, for shims without an engine. */
  readonly ttrpcAddress?: string;
  /** containerd's main socket, used only where there is no ttrpc address. */
  readonly grpcAddress?: string;
  readonly limits?: QueueLimits;
  /** Hears of each event that was not published, or perhaps not. */
  readonly onLost?: (event: LostEvent) => void;
}

/** The publisher for what the shim was told: ttrpc before gRPC before none. Connects with the first event. */
export function createEventPublisher(options: CreatePublisherOptions): EventPublisher {
  const { ttrpcAddress, grpcAddress, ...queue } = options;
  const journal = journalOf(ttrpcAddress ?? '');
  if (journal !== undefined) return new QueuedPublisher({ ...queue, forwarder: new FileForwarder({ path: journal }) });
  if (ttrpcAddress) return new QueuedPublisher({ ...queue, forwarder: new TtrpcForwarder({ address: ttrpcAddress }) });
  if (grpcAddress) return new QueuedPublisher({ ...queue, forwarder: new GrpcForwarder({ address: grpcAddress }) });
  return nonePublisher;
}
