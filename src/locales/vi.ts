/** Viết trước, theo nghĩa: câu ngắn, không dấu chấm than, người đọc là "bạn". */
export const vi = {
  common: {
    error: 'Phần này đang gặp trục trặc.',
    offline: 'Chưa tải được phần này.',
    retry: 'Thử lại',
    rateLimited: 'Bạn thao tác hơi nhanh. Chờ một chút rồi thử lại nhé.',
  },
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
    removed: 'Đã bỏ lựa chọn của bạn.',
    closed: 'Đã kết thúc.',
    frozen: 'Tạm dừng để rà soát.',
    hidden: 'Kết quả hiện khi kết thúc.',
    notSaved: 'Chưa ghi nhận được. Lựa chọn của bạn đã trở về như trước.',
  },
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
    next: 'Xem các bài tiếp theo',
    sponsored: 'Tài trợ',
    empty: 'Hiện chưa có bài nào ở đây.',
  },
  newsletter: {
    email: 'Địa chỉ email',
    subscribe: 'Đăng ký',
    sending: 'Đang gửi',
    emailMissing: 'Bạn chưa nhập địa chỉ email.',
    emailInvalid: 'Địa chỉ này có vẻ chưa đúng, ví dụ đúng: ten@example.com.',
    didYouMean: (address: string) => `Có phải ý bạn là ${address}?`,
    consentMissing: 'Cần bạn đồng ý để gửi bản tin.',
    listMissing: 'Hãy chọn ít nhất một bản tin.',
    notSent: 'Chưa gửi được. Địa chỉ của bạn vẫn còn ở đây.',
    checkInbox: 'Kiểm tra hộp thư',
    sentTo: (address: string) => `Chúng tôi vừa gửi thư xác nhận tới ${address}. Nhập mã trong thư để hoàn tất.`,
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
    empty: 'Hiện chưa có bản tin nào.',
  },
};
