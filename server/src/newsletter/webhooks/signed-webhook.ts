import { newId } from '../../ids.js';
import { requireSuccess, type DeliveryContent, type Destination, type Send, type Webhook } from './destination.js';
import { signatureHeaders } from './signature.js';

/** Posts the payload with a signature. Any status of success will do; the response is not read. */
export const signedWebhook: Destination = {
  maxBodyBytes: 0,
  deliver: post,
  async check(webhook, send) {
    const payloadJson = JSON.stringify({ type: 'test', timestamp: new Date().toISOString(), data: {} });
    await post(webhook, { id: newId(), payloadJson }, send);
  },
};

async function post({ url, secret }: Webhook, { id, payloadJson }: DeliveryContent, send: Send): Promise<void> {
  const signature = signatureHeaders(secret, id, payloadJson, Date.now());
  const headers = { 'content-type': 'application/json', ...signature };
  requireSuccess(await send({ method: 'POST', url, headers, body: payloadJson }));
}
