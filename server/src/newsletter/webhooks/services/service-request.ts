import type { OutboundResponse } from '../../../http/outbound.js';
import { DeliveryFailure, requireSuccess, type Send } from '../destination.js';

/** Bytes of a service's response that are read. */
export const maxServiceBodyBytes = 64 * 1024;

/** A request to the API of a service, with a JSON body. */
export interface ServiceRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** Sends a request, and returns the response whatever its status is. */
export function sendJson(send: Send, { method, url, headers, json }: ServiceRequest): Promise<OutboundResponse> {
  if (json === undefined) return send({ method, url, headers });
  return send({
    ...{ method, url, headers: { 'content-type': 'application/json', ...headers } },
    body: JSON.stringify(json),
  });
}

/** Returns the body of a response of success. @throws DeliveryFailure */
export function parseJson<Body>(response: OutboundResponse): Body {
  requireSuccess(response);
  try {
    return JSON.parse(response.body) as Body;
  } catch {
    // Another server answers at the address of the service.
    throw new DeliveryFailure('not-json', { endpoint: 'down' });
  }
}

export function basicAuth(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
