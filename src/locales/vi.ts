import type { ErrorCode } from '../contract/errors.js';

const units = { year: 'năm', month: 'tháng', week: 'tuần', day: 'ngày', hour: 'giờ', minute: 'phút' };
type Unit = keyof typeof units;

/** Viết trước, theo nghĩa: câu ngắn, không dấu chấm than, người đọc là "bạn". */
export const vi = {
  common: {
    thousands: '.',
    /** "5 phút trước"; không có đơn vị thì là vừa mới đây. */
    ago: (count: number, unit?: Unit) =>
      !unit ? 'vừa xong' : unit === 'day' && count === 1 ? 'hôm qua' : `${count} ${units[unit]} trước`,
    error: 'Phần này đang gặp trục trặc.',
    offline: 'Chưa tải được phần này.',
    retry: 'Thử lại',
  },
  /** Theo mã lỗi của API; mã không có câu riêng thì mỗi phần nói câu chung của mình. */
  errors: {
    'rate-limited': 'Bạn thao tác hơi nhanh. Chờ một chút rồi thử lại nhé.',
    'vote-needs-identity': 'Mạng này đã có nhiều lượt ẩn danh. Mời bạn đăng nhập để tham gia.',
    'comment-empty': 'Bạn chưa viết gì.',
    'comment-too-long': 'Bình luận dài quá mức cho phép.',
    'comment-not-found': 'Bình luận này không còn nữa.',
    'parent-not-found': 'Bình luận này không còn nữa.',
    'edit-window-over': 'Đã hết thời gian sửa bình luận này.',
    'thread-closed': 'Phần bình luận đã đóng.',
    'identity-required': 'Bạn cần đăng nhập để bình luận.',
    'name-reserved': 'Tên này dễ bị nhầm với toà soạn. Mời bạn chọn tên khác.',
    'email-invalid': 'Địa chỉ này có vẻ chưa đúng. Ví dụ: ten@example.com.',
    'email-unsupported': 'Chưa gửi được thư đến địa chỉ có chữ có dấu trước @. Mời bạn dùng địa chỉ khác.',
    'code-wrong': 'Mã chưa đúng hoặc đã hết hạn.',
    'origin-not-allowed': 'Không gửi được từ trang này. Mời bạn mở bài trên trang của toà soạn.',
    'mail-off': 'Hiện chưa gửi được thư. Mời bạn thử lại sau.',
  } satisfies Partial<Record<ErrorCode, string>>,
  reactions: {
    /** Tên đầy đủ của một nút, cho người nghe màn hình. */
    choice: (label: string, count: string) => `${label}, ${count} lượt`,
    /** Với bộ cảm nhận mặc định: "Bạn và 1.203 người khác thấy rất hay." */
    feels: (others: number, number: string, label: string) =>
      `${others > 0 ? `Bạn và ${number} người khác` : 'Bạn là người đầu tiên'} thấy ${label.toLocaleLowerCase('vi')}.`,
    /** Với câu hỏi khác: "Bạn và 1.203 người khác chọn “Đồng ý”." */
    chose: (others: number, number: string, label: string) =>
      `${others > 0 ? `Bạn và ${number} người khác` : 'Bạn là người đầu tiên'} chọn “${label}”.`,
    total: (_count: number, number: string) => `${number} bạn đọc đã tham gia.`,
    first: 'Chưa có ai tham gia. Mời bạn mở đầu.',
    closed: 'Đã kết thúc.',
    frozen: 'Tạm dừng để rà soát.',
    hidden: 'Kết quả hiện khi kết thúc.',
    notSaved: 'Chưa ghi nhận được. Lựa chọn của bạn vẫn như trước.',
    queued: 'Chưa gửi được. Lựa chọn của bạn sẽ được gửi khi có mạng.',
  },
  comments: {
    heading: 'Bình luận',
    sort: 'Sắp xếp',
    sorts: { best: 'Hay nhất', newest: 'Mới nhất', oldest: 'Cũ nhất', discussed: 'Sôi nổi' },
    show: (_count: number, number: string) => `Hiện ${number} bình luận`,
    more: 'Xem thêm bình luận',
    replies: (_count: number, number: string) => `Xem thêm ${number} trả lời`,
    read: (_count: number, number: string) => `Xem ${number} trả lời`,
    fold: (name: string) => `Ẩn hoặc hiện các trả lời cho ${name}`,
    /** Nhánh đã sâu, đọc tiếp từ lề trái. */
    branch: (_count: number, number: string) => `Đọc tiếp nhánh này (${number} trả lời)`,
    toParent: (name: string) => `Đến bình luận của ${name}`,
    previous: 'Xem các bình luận trước đó',
    closes: (when: string) => `Nhận bình luận đến ${when}.`,
    new: 'Mới',
    muted: 'Bạn đã ẩn người viết này.',
    reveal: 'Hiện',
    question: 'Toà soạn hỏi',
    write: 'Bạn nghĩ gì?',
    first: 'Chưa có bình luận. Mời bạn mở đầu.',
    closed: 'Phần bình luận đã đóng.',
    readOnly: 'Phần bình luận chỉ còn để đọc.',
    guest: 'Bạn đọc',
    badges: { staff: 'Toà soạn', author: 'Tác giả', moderator: 'Điều hành' } as Record<string, string>,
    pinned: 'Được ghim',
    featured: 'Toà soạn chọn',
    edited: 'đã sửa',
    like: 'Thích',
    dislike: 'Không thích',
    reply: 'Trả lời',
    menu: 'Thêm',
    replyTo: (name: string) => `Trả lời ${name}`,
    gone: { deleted: 'Người viết đã xoá bình luận này.', removed: 'Bình luận này đã bị gỡ.' } as Record<string, string>,
    text: 'Bình luận của bạn',
    notDone: 'Chưa làm được. Bạn thử lại nhé.',
    back: 'Về mạch chính',
    inReplyTo: 'Trả lời',
    loaded: (_count: number, number: string) => `Đã hiện thêm ${number} bình luận.`,
    arrived: (_count: number, number: string) => `${number} bình luận mới`,
    arrivedReplies: (_count: number, number: string) => `${number} trả lời mới`,
    changed: 'Xem bản vừa sửa',
    skip: 'Bỏ qua phần bình luận',
    end: 'Hết phần bình luận',
    lost: 'Không tìm thấy bình luận mà đường dẫn này nhắc tới.',
  },
  /** Chỉ tải khi bạn đọc tham gia bình luận. */
  commentActions: () => import('./vi-comment-actions.js').then(({ viCommentActions }) => viCommentActions),
  stories: {
    rails: {
      related: 'Bài liên quan',
      'most-read': 'Đọc nhiều',
      latest: 'Tin mới',
      'dont-miss': 'Đừng bỏ lỡ',
      videos: 'Video',
      sponsored: 'Nội dung tài trợ',
    },
    more: 'Xem tất cả',
    previous: 'Xem các bài trước',
    next: 'Xem các bài sau',
    sponsored: 'Tài trợ',
    empty: 'Hiện chưa có bài nào.',
  },
  commentCount: {
    count: (_count: number, number: string) => `${number} bình luận`,
  },
  newsletter: {
    heading: 'Đăng ký ấn phẩm',
    email: 'Địa chỉ email',
    subscribe: 'Đăng ký',
    emailMissing: 'Bạn chưa nhập địa chỉ email.',
    leaveEmpty: 'Để trống ô này',
    didYouMean: (domain: string) => `Ý bạn là ${domain}?`,
    consentMissing: 'Cần bạn đồng ý để gửi bản tin.',
    /** Tên của nhóm ô chọn, cho người nghe màn hình. */
    lists: 'Bản tin, chọn ít nhất một',
    listMissing: 'Hãy chọn ít nhất một bản tin.',
    notSent: 'Chưa gửi được. Địa chỉ của bạn vẫn còn ở đây.',
    empty: 'Hiện chưa có bản tin nào.',
    latestIssue: 'Xem số mới nhất',
    open: 'Nhận bản tin',
    close: 'Đóng',
    noThanks: 'Không, cảm ơn',
    confirmStep: {
      checkInbox: 'Kiểm tra hộp thư',
      /** Hai nửa câu, quanh địa chỉ vừa nhập. */
      sentTo: ['Chúng tôi vừa gửi thư xác nhận tới ', '. Nhập mã trong thư để hoàn tất.'],
      code: 'Mã gồm 6 chữ số',
      codeIncomplete: 'Hãy nhập đủ 6 chữ số trong thư.',
      confirm: 'Xác nhận',
      openInbox: (provider: string) => `Mở ${provider}`,
      resend: 'Gửi lại',
      /** Sau chữ của nút "Gửi lại". */
      resendIn: (seconds: string) => `sau ${seconds} giây`,
      resent: 'Đã gửi lại thư.',
      change: 'Đổi địa chỉ',
      confirmed: 'Bạn đã đăng ký',
      /** Hai nửa câu, quanh tên các bản tin. */
      confirmedText: ['', ' sẽ tới hộp thư của bạn. Muốn dừng lúc nào cũng được, ngay trong thư.'],
      notSent: 'Chưa gửi được. Mời bạn thử lại.',
    },
  },
};

/** Every string of the widgets. Vietnamese is written first; a key that another language lacks does not compile. */
export type Catalogue = typeof vi;
