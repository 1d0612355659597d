/** What the pages and mails of newsletters say. Vietnamese is written first; a missing word does not compile. */
const vi = {
  lang: 'vi',
  joined: (names: readonly string[]) => new Intl.ListFormat('vi', { type: 'conjunction' }).format(names),

  confirmTitle: 'Xác nhận đăng ký',
  confirmLead: 'Còn một bước nữa. Bấm nút bên dưới để bắt đầu nhận:',
  confirmButton: 'Xác nhận đăng ký',
  confirmNotYou: 'Nếu bạn không đăng ký, chỉ cần đóng trang này. Sẽ không có thư nào được gửi đến bạn.',
  confirmedTitle: 'Bạn đã đăng ký',
  confirmedLead: (names: string) => `Từ số tới, ${names} sẽ đến hộp thư của bạn. Cảm ơn bạn.`,
  confirmedLeave: 'Mỗi thư đều có liên kết để huỷ đăng ký.',
  alreadyTitle: 'Bạn đã xác nhận rồi',
  alreadyLead: (names: string) => `Bạn đang nhận ${names}. Không cần làm gì thêm.`,
  goneTitle: 'Liên kết này không còn dùng được',
  goneLead: 'Liên kết xác nhận có hiệu lực trong bảy ngày và chỉ dùng được một lần.',
  goneAdvice: 'Hãy đăng ký lại trên trang báo, chúng tôi sẽ gửi cho bạn liên kết mới.',

  unsubscribeTitle: 'Hủy đăng ký',
  unsubscribeLead: 'Bạn sẽ không nhận nữa:',
  unsubscribeButton: 'Hủy đăng ký',
  unsubscribeStay: 'Nếu bạn muốn tiếp tục nhận, chỉ cần đóng trang này.',
  unsubscribedTitle: 'Đã huỷ đăng ký',
  unsubscribedLead: (names: string) => `Bạn sẽ không nhận ${names} nữa.`,
  unsubscribedPlain: 'Địa chỉ của bạn không còn trong danh sách nhận.',
  unsubscribeGone: 'Hãy mở liên kết huỷ đăng ký trong thư mới nhất bạn nhận được.',
  unsubscribedBack: 'Bạn có thể đăng ký lại bất cứ lúc nào.',

  preferencesTitle: 'Bản tin của bạn',
  preferencesLead: 'Chọn những bản tin bạn muốn nhận. Bỏ chọn tất cả để không nhận thư nào nữa.',
  preferencesButton: 'Lưu lựa chọn',
  preferencesLink: 'Xem và thay đổi các bản tin bạn nhận',
  preferencesSaved: 'Đã lưu lựa chọn của bạn.',
  preferencesGoneLead: 'Liên kết quản lý bản tin có hiệu lực trong 30 ngày.',

  subscribeTitle: 'Đăng ký nhận bản tin',
  subscribeLead: 'Chọn bản tin và cho biết địa chỉ nhận thư của bạn.',
  subscribeEmail: 'Địa chỉ email',
  subscribeButton: 'Đăng ký',
  subscribeTrap: 'Để trống ô này',
  subscribeNone: 'Trang này chưa có bản tin nào.',
  subscribeSiteUnknown: 'Không tìm thấy trang báo này.',
  inboxTitle: 'Kiểm tra hộp thư',
  inboxLead:
    'Chúng tôi vừa gửi thư đến địa chỉ của bạn. Mở thư và bấm liên kết để xác nhận, hoặc nhập mã trong thư vào đây.',
  inboxSpam: 'Chưa thấy thư? Hãy xem cả mục thư rác.',
  inboxCode: 'Mã sáu chữ số',
  inboxButton: 'Xác nhận',
  'email-invalid': 'Địa chỉ email này chưa đúng. Bạn xem lại giúp nhé.',
  'list-not-found': 'Hãy chọn ít nhất một bản tin.',
  'consent-missing': 'Hãy đọc và đồng ý với điều khoản của từng bản tin bạn chọn.',
  'code-wrong': 'Mã không đúng hoặc đã hết hạn. Liên kết trong thư vẫn dùng được.',
  'rate-limited': 'Có quá nhiều lượt đăng ký từ mạng của bạn. Hãy chờ một lát rồi thử lại.',
  'mail-off': 'Hiện chưa gửi được thư. Hãy thử lại sau.',
  'origin-not-allowed': 'Hãy xem lại rồi bấm nút lần nữa.',

  mailConfirmSubject: (site: string) => `Xác nhận đăng ký bản tin của ${site}`,
  mailConfirmLead: 'Có người, có lẽ là bạn, vừa dùng địa chỉ này để đăng ký:',
  mailConfirmAsk: 'Nếu đúng là bạn, hãy xác nhận:',
  mailConfirmCode: 'Hoặc nhập mã này ở nơi bạn vừa đăng ký (dùng được trong 30 phút):',
  mailConfirmNotYou:
    'Nếu không phải bạn, hãy bỏ qua thư này: bạn sẽ không nhận gì thêm. Liên kết hết hạn sau bảy ngày.',
  mailKnownSubject: (site: string) => `Bạn đã đăng ký bản tin của ${site} rồi`,
  mailKnownLead: 'Vừa có yêu cầu đăng ký bằng địa chỉ này. Bạn đang nhận bản tin rồi, nên không có gì thay đổi.',
  mailKnownAsk: 'Nếu bạn muốn nhận thêm hoặc bớt bản tin:',
  mailKnownNotYou: 'Nếu không phải bạn vừa đăng ký, hãy bỏ qua thư này. Liên kết dùng được trong 30 ngày.',
};

export type NewsletterWords = typeof vi;

const en: NewsletterWords = {
  lang: 'en',
  joined: (names) => new Intl.ListFormat('en', { type: 'conjunction' }).format(names),

  confirmTitle: 'Confirm your subscription',
  confirmLead: 'One step is left. Press the button to start receiving:',
  confirmButton: 'Confirm',
  confirmNotYou: 'If you did not sign up, just close this page. Nothing will be sent to you.',
  confirmedTitle: 'You are subscribed',
  confirmedLead: (names) => `From the next issue on, ${names} will come to your inbox. Thank you.`,
  confirmedLeave: 'Every mail has a link to unsubscribe.',
  alreadyTitle: 'You have confirmed already',
  alreadyLead: (names) => `You are receiving ${names}. There is nothing left to do.`,
  goneTitle: 'This link no longer works',
  goneLead: 'A confirmation link is good for seven days, and for one time.',
  goneAdvice: 'Sign up again on the site, and we will send you a new one.',

  unsubscribeTitle: 'Unsubscribe',
  unsubscribeLead: 'You will no longer receive:',
  unsubscribeButton: 'Unsubscribe',
  unsubscribeStay: 'If you would rather stay, just close this page.',
  unsubscribedTitle: 'You are unsubscribed',
  unsubscribedLead: (names) => `You will no longer receive ${names}.`,
  unsubscribedPlain: 'Your address is not on the list any more.',
  unsubscribeGone: 'Please use the unsubscribe link of the latest mail you received.',
  unsubscribedBack: 'You can sign up again at any time.',

  preferencesTitle: 'Your newsletters',
  preferencesLead: 'Choose the newsletters you want. Untick all of them to receive none.',
  preferencesButton: 'Save',
  preferencesLink: 'See and change the newsletters you receive',
  preferencesSaved: 'Your choice is saved.',
  preferencesGoneLead: 'A link to your newsletters is good for 30 days.',

  subscribeTitle: 'Sign up for newsletters',
  subscribeLead: 'Choose newsletters, and say where to send them.',
  subscribeEmail: 'Email address',
  subscribeButton: 'Sign up',
  subscribeTrap: 'Leave this empty',
  subscribeNone: 'This site has no newsletter yet.',
  subscribeSiteUnknown: 'There is no such site.',
  inboxTitle: 'Check your inbox',
  inboxLead:
    'We have just sent a mail to your address. Open it and follow the link to confirm, or enter its code here.',
  inboxSpam: 'Nothing there? Look among the junk mail too.',
  inboxCode: 'Six-digit code',
  inboxButton: 'Confirm',
  'email-invalid': 'This does not look like an email address. Please check it.',
  'list-not-found': 'Choose at least one newsletter.',
  'consent-missing': 'Read and accept the terms of every newsletter you choose.',
  'code-wrong': 'The code is wrong or too old. The link in the mail still works.',
  'rate-limited': 'There were too many sign-ups from your network. Wait a little, then try again.',
  'mail-off': 'Mail cannot be sent at the moment. Please try again later.',
  'origin-not-allowed': 'Please check, then press the button once more.',

  mailConfirmSubject: (site) => `Confirm your newsletters from ${site}`,
  mailConfirmLead: 'Somebody, probably you, used this address to sign up for:',
  mailConfirmAsk: 'If it was you, please confirm:',
  mailConfirmCode: 'Or enter this code where you signed up (good for 30 minutes):',
  mailConfirmNotYou: 'If it was not you, ignore this mail: nothing else will come. The link ends after seven days.',
  mailKnownSubject: (site) => `You are already subscribed to ${site}`,
  mailKnownLead:
    'Somebody just signed up with this address. You already receive our newsletters, so nothing has changed.',
  mailKnownAsk: 'If you want to receive more of them, or fewer:',
  mailKnownNotYou: 'If it was not you, ignore this mail. The link is good for 30 days.',
};

const catalogues: Readonly<Record<string, NewsletterWords>> = { vi, en };

/** The words in the first of these languages that there are words in, else in Vietnamese. */
export function wordsIn(...langs: readonly (string | undefined)[]): NewsletterWords {
  for (const lang of langs) {
    const base = lang?.toLowerCase().split('-')[0] ?? '';
    if (Object.hasOwn(catalogues, base)) return catalogues[base] ?? vi;
  }
  return vi;
}
