/**
 * One request of the object store whose body is in memory. The client's own cost five times as much for a small object, and go on after
 * they were given up; these end with their signal. Redirects are answers.
 */
import http from 'node:http';
import https from 'node:https';

export interface StoreRequest {
  url: URL;
  method: 'POST' | 'PUT';
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  signal: AbortSignal;
}

export interface StoreAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** What the store answered is no success. `code` is its status, `errors` what it says of that. */
export class AnswerError extends Error {
  readonly code: number;
  readonly errors: unknown;

  constructor(code: number, message = 'The object store answered with an error.', errors?: unknown) {
    super(message);
    this.code = code;
    this.errors = errors;
  }

  static of({ status, body }: StoreAnswer): AnswerError {
    const { message, errors } = errorIn(body);
    return new AnswerError(status, message, errors);
  }
}

/** More than are ever under way at once. */
const MAX_SOCKETS = 256;
const PLAIN = new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
const TLS = new https.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });

/** The answer, whatever its status. Rejects with errors of the network, and with the signal's abort. */
export function send({ url, method, headers, body, signal }: StoreRequest): Promise<StoreAnswer> {
  const isTls = url.protocol === 'https:';
  const options = {
    method,
    headers: { ...headers, 'content-length': String(body.length) },
    agent: isTls ? TLS : PLAIN,
    signal,
  };
  return new Promise((resolve, reject) => {
    const request = (isTls ? https : http).request(url, options, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

function errorIn(body: Buffer): { message?: string; errors?: unknown } {
  try {
    const { error } = JSON.parse(body.toString()) as { error?: { message?: string; errors?: unknown } };
    return error ?? {};
  } catch {
    return {};
  }
}
