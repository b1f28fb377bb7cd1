// What a server and a client of the shop agree on beyond the contract: sizes, and how a dead connection is noticed.

/** In bytes, either way. A full page of the largest products fits. */
export const MAX_MESSAGE = 4 * 1024 * 1024;

export const MESSAGE_LIMITS = {
  'grpc.max_receive_message_length': MAX_MESSAGE,
  'grpc.max_send_message_length': MAX_MESSAGE,
} as const;

/** A peer whose machine has gone answers nothing, and TCP would take minutes to say so. */
export const KEEPALIVE = {
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 5_000,
} as const;
