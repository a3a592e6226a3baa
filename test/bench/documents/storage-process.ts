/** The object store of the bench, in a process of its own: what it costs is not the program's. It keeps no contents. */
import { startStorageServer } from '../../support/storage/storage-server.ts';

const server = await startStorageServer({ latencyMs: Number(process.argv[2]), keepsContents: false });
process.send?.({ endpoint: server.endpoint, bucket: server.bucket });
process.on('message', () => process.send?.({ objects: server.objects.names().length }));
process.on('disconnect', () => process.exit(0));
