/** Những lời chỉ người đọc tiếp mới cần. */
export const viReading = {
  back: 'Về mạch chính',
  inReplyTo: 'Trả lời',
  loaded: (_count: number, number: string) => `Đã hiện thêm ${number} bình luận.`,
  arrived: (_count: number, number: string) => `${number} bình luận mới`,
  arrivedReplies: (_count: number, number: string) => `${number} trả lời mới`,
  changed: 'Xem bản vừa sửa',
  lost: 'Không tìm thấy bình luận mà đường dẫn này nhắc tới.',
};

/** What those read who read on: fetched once the thread stands. */
export type ReadingCatalogue = typeof viReading;
