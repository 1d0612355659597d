/** Những lời chỉ người viết bình luận mới cần. */
export const viWriting = {
  edit: 'Sửa',
  remove: 'Xoá',
  removeSure: 'Xoá hẳn bình luận này?',
  keep: 'Giữ lại',
  held: 'Chờ duyệt, chỉ mình bạn thấy.',
  rejected: 'Không được đăng, chỉ mình bạn thấy.',
  reasons: {
    guest: 'Bạn viết với tư cách khách.',
    'new-commenter': 'Đây là một trong những bình luận đầu tiên của bạn.',
    words: 'Có từ ngữ cần xem lại.',
    links: 'Có đường dẫn.',
    repeat: 'Giống một bình luận trước đó.',
    rate: 'Bạn gửi nhiều bình luận liên tiếp.',
  } as Record<string, string>,
  name: 'Tên hiển thị (không bắt buộc)',
  send: 'Gửi',
  save: 'Lưu',
  sending: 'Đang gửi',
  cancel: 'Đóng',
  left: (count: number, number: string) => (count < 0 ? `Dài quá ${number} ký tự` : `Còn ${number} ký tự`),
  posted: 'Đã đăng bình luận của bạn.',
  saved: 'Đã lưu.',
  removed: 'Đã xoá bình luận.',
  notSent: 'Chưa gửi được. Bài viết của bạn vẫn còn ở đây.',
  empty: 'Bạn chưa viết gì.',
  tooLong: 'Bình luận dài quá mức cho phép.',
  tooLate: 'Đã hết thời gian sửa bình luận này.',
  signIn: 'Bạn cần đăng nhập để bình luận.',
};

/** What those read who write: fetched when they do. */
export type WritingCatalogue = typeof viWriting;
