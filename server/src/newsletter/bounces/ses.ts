import { toJsonObject, type JsonObject, type ProviderReport } from './reports.js';

/**
 * Returns the reports of a notification of Amazon SES: those of an identity, and events of a configuration set.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
 * @param message the text in the message of SNS
 */
export function readSesReports(message: string): ProviderReport[] {
  let notification: JsonObject;
  try {
    notification = toJsonObject(JSON.parse(message));
  } catch {
    // SES sends a sentence when a topic is set.
    return [];
  }
  const kind = notification['notificationType'] ?? notification['eventType'];
  if (kind === 'Bounce') {
    const { bounceType, bouncedRecipients } = toJsonObject(notification['bounce']);
    return addressesOf(bouncedRecipients).map((email) => ({
      email,
      type: bounceType === 'Permanent' ? 'hard' : 'soft',
    }));
  }
  if (kind === 'Complaint') {
    const { complaintFeedbackType, complainedRecipients } = toJsonObject(notification['complaint']);
    if (complaintFeedbackType === 'not-spam') return [];
    return addressesOf(complainedRecipients).map((email) => ({ email, type: 'complaint' }));
  }
  return [];
}

function addressesOf(recipients: unknown): unknown[] {
  return Array.isArray(recipients) ? recipients.map((recipient) => toJsonObject(recipient)['emailAddress']) : [];
}
