/** Những lời chỉ người đã gửi địa chỉ mới cần. */
export const viInbox = {
  checkInbox: 'Kiểm tra hộp thư',
  /** Hai nửa câu, quanh địa chỉ vừa nhập. */
  sentTo: ['Chúng tôi vừa gửi thư xác nhận tới ', '. Nhập mã trong thư để hoàn tất.'],
  code: 'Mã gồm 6 chữ số',
  confirm: 'Xác nhận',
  codeWrong: 'Mã chưa đúng hoặc đã hết hạn.',
  openInbox: (provider: string) => `Mở ${provider}`,
  resend: 'Gửi lại',
  resendIn: (seconds: string) => `Gửi lại sau ${seconds} giây`,
  resent: 'Đã gửi lại thư.',
  change: 'Đổi địa chỉ',
  confirmed: 'Bạn đã đăng ký',
  confirmedText: (names: string) => `${names} sẽ tới hộp thư của bạn. Muốn dừng lúc nào cũng được, ngay trong thư.`,
  notSent: 'Chưa gửi được. Mời bạn thử lại.',
};

/** What those read who have sent an address: fetched when they do. */
export type InboxCatalogue = typeof viInbox;
