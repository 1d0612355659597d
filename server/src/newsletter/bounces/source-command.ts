import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { bounceProviders, type BounceProvider } from 'afterword/contract';
import type { Command } from 'commander';
import { OperatorError, readConfig } from '../../config.js';
import { withSite } from '../../sites/with-site.js';
import { hashPassword, postmarkUser } from './postmark.js';
import { setBounceSources } from './sources.js';

interface SourceOptions {
  readonly site?: string;
  readonly topic?: string;
  readonly remove?: boolean;
}

const passwordBytes = 24;
const minKeyChars = 16;
const topicPattern = /^arn:aws(?:-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/;

/** Adds `bounces-from` to `afterword newsletters`: the mail services whose reports a site accepts. */
export function addBounceSourceCommand(newsletters: Command): void {
  newsletters
    .command('bounces-from')
    .description(
      'Accept reports of bounces and complaints by a webhook of Amazon SES (by SNS), Postmark or Mailgun, and print its address. ' +
        "Mailgun's signing key is read from standard input.",
    )
    .argument('<service>', bounceProviders.join(', '))
    .option('--site <id>', 'the site (default: the only one)')
    .option('--topic <arn>', 'the topic of SNS that SES publishes to')
    .option('--remove', 'accept none any more')
    .action((service: string, { site: id, topic, remove }: SourceOptions) => {
      const provider = bounceProviders.find((name) => name === service);
      if (!provider) throw new OperatorError(`"${service}" is not one of ${bounceProviders.join(', ')}.`);
      return withSite(id, async ({ writer }, { id: siteId }) => {
        if (remove) {
          await writer.submit(setBounceSources, { siteId, provider, secret: undefined });
          process.stdout.write(`Reports of ${provider} are refused from now on.\n`);
          return;
        }
        const { url } = readConfig(process.env, { mustExist: true });
        const address = new URL(`${url}/v1/sites/${siteId}/bounces/${provider}`);
        const secret = await makeSecret(provider, topic, address);
        await writer.submit(setBounceSources, { siteId, provider, secret });
        process.stdout.write(`${nextStep[provider]}\n\n${address.href}\n\n`);
      });
    });
}

const nextStep: Readonly<Record<BounceProvider, string>> = {
  ses: 'Subscribe this address to the topic, by HTTPS and without raw message delivery. It confirms itself:',
  postmark: 'Add this address as a webhook for bounces and spam complaints. It has a password, and is shown once:',
  mailgun: 'Add this address as a webhook for permanent and temporary failures and spam complaints:',
};

/** Returns what reports are checked by, and puts a password into the address where the service sends one. */
async function makeSecret(provider: BounceProvider, topic: string | undefined, address: URL): Promise<string> {
  switch (provider) {
    case 'ses':
      if (topic === undefined || !topicPattern.test(topic))
        throw new OperatorError(
          '--topic must be the ARN of a topic, such as arn:aws:sns:eu-west-1:123456789012:bounces.',
        );
      return topic;
    case 'postmark': {
      const password = randomBytes(passwordBytes).toString('base64url');
      address.username = postmarkUser;
      address.password = password;
      return hashPassword(password);
    }
    case 'mailgun': {
      const key = (await text(process.stdin)).trim();
      if (key.length < minKeyChars || /\s/.test(key))
        throw new OperatorError("Give Mailgun's HTTP webhook signing key on standard input.");
      return key;
    }
  }
}
