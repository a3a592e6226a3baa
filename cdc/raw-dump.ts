/** Takes the packets of a dump before zongji looks into them: it builds no events and decodes no rows. */
import {
  driverChanged,
  type DriverConnection,
  type DumpPacket,
  type ZongjiInternals,
} from './zongji-internals.ts';

interface RawDump {
  /** One event, header first; valid during the call. What it throws goes to `onEnd`. */
  onEvent(bytes: Buffer): void;
  /** The dump is over: by an error of the server, of `onEvent`, or, with null, because the server says so. */
  onEnd(error: unknown): void;
}

const OK = 0x00;
const END_OF_FILE = 0xfe;
const ERROR = 0xff;

/** To be called in the 'ready' event, in which zongji's class for the dump may be replaced. Throws SOURCE_DRIVER_CHANGED. */
export function interceptDump(zongji: ZongjiInternals, { onEvent, onEnd }: RawDump): void {
  const Base = zongji.BinlogClass;
  if (typeof Base !== 'function' || typeof Base.prototype.execute !== 'function') throw driverChanged();
  let isOver = false;
  const end = (error: unknown): boolean => {
    if (!isOver) {
      isOver = true;
      onEnd(error);
    }
    return true;
  };
  zongji.BinlogClass = class extends Base {
    override execute(packet: DumpPacket | undefined, connection: DriverConnection): boolean {
      if (!this.next) return super.execute(packet, connection); // sends the request
      if (isOver) return true;
      if (!packet) return end(driverChanged());
      const { buffer, offset } = packet;
      switch (buffer[offset]) {
        case OK:
          try {
            onEvent(buffer.subarray(offset + 1, packet.end));
            return false;
          } catch (error) {
            return end(error);
          }
        case END_OF_FILE:
          return end(null);
        case ERROR:
          return end(packet.asError(connection.clientEncoding));
        default:
          return end(driverChanged());
      }
    }
  };
}
