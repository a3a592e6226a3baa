import type { BinlogEvent } from './model.ts';

/** An event, and where it ends. */
export interface PlacedEvent extends BinlogEvent {
  file: string;
  /**
   * Where the next event begins, all bits of it. Inside a compressed transaction only the last event has moved on;
   * an event that is in no file stands where the one before it ended.
   */
  endOffset: number;
}

export type EventSink = (event: PlacedEvent) => void;
