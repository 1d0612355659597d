/** The server's texts in Vietnamese. Defines the keys of all languages: a missing key does not compile. */
export const vi = {
  lang: 'vi',
  joined: (names: readonly string[]) => new Intl.ListFormat('vi', { type: 'conjunction' }).format(names),

  /** The poll that a new site has. */
  defaultPoll: {
    question: 'Cảm nhận của bạn về bài viết này',
    choices: { great: 'Rất hay', like: 'Thích', fun: 'Giải trí', improve: 'Cần cải thiện' },
  },

  newsletterPages: {
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
    'email-unsupported': 'Chưa gửi được thư đến địa chỉ có chữ có dấu trước @. Mời bạn dùng địa chỉ khác.',
    'list-not-found': 'Hãy chọn ít nhất một bản tin.',
    'consent-missing': 'Hãy đọc và đồng ý với điều khoản của từng bản tin bạn chọn.',
    'code-wrong': 'Mã không đúng hoặc đã hết hạn. Liên kết trong thư vẫn dùng được.',
    'rate-limited': 'Có quá nhiều lượt đăng ký từ mạng của bạn. Hãy chờ một lát rồi thử lại.',
    'mail-off': 'Hiện chưa gửi được thư. Hãy thử lại sau.',
    'origin-not-allowed': 'Hãy xem lại rồi bấm nút lần nữa.',
  },

  newsletterMails: {
    confirmSubject: (site: string) => `Xác nhận đăng ký bản tin của ${site}`,
    confirmLead: 'Có người, có lẽ là bạn, vừa dùng địa chỉ này để đăng ký:',
    confirmAsk: 'Nếu đúng là bạn, hãy xác nhận:',
    confirmButton: 'Xác nhận đăng ký',
    confirmOrCode: 'Hoặc nhập mã này ở nơi bạn vừa đăng ký (dùng được trong 30 phút):',
    confirmCode: 'Nếu đúng là bạn, hãy nhập mã này ở nơi bạn vừa đăng ký (dùng được trong 30 phút):',
    confirmNotYou: 'Nếu không phải bạn, hãy bỏ qua thư này: bạn sẽ không nhận gì thêm.',
    confirmLinkEnds: 'Liên kết hết hạn sau bảy ngày.',
    knownSubject: (site: string) => `Bạn đã đăng ký bản tin của ${site} rồi`,
    knownLead: 'Vừa có yêu cầu đăng ký bằng địa chỉ này. Bạn đang nhận bản tin rồi, nên không có gì thay đổi.',
    knownAsk: 'Nếu bạn muốn nhận thêm hoặc bớt bản tin:',
    preferencesLink: 'Xem và thay đổi các bản tin bạn nhận',
    knownNotYou: 'Nếu không phải bạn vừa đăng ký, hãy bỏ qua thư này. Liên kết dùng được trong 30 ngày.',
    unsubscribe: 'Hủy đăng ký',
  },
};

export type Catalogue = typeof vi;
