/** Texts of the paper's pages around a story, by language. */
export interface PaperWords {
  readonly paper: string;
  readonly motto: string;
  readonly sections: string;
  readonly crumbs: string;
  readonly latest: string;
  readonly home: string;
  readonly skip: string;
  readonly reactions: string;
  readonly comments: string;
  readonly letters: string;
  readonly dontMiss: string;
  readonly mostRead: string;
  readonly newest: string;
  readonly newsletter: string;
  readonly email: string;
  readonly subscribe: string;
  readonly consent: string;
  readonly sponsored: string;
  readonly invented: string;
  readonly locale: string;
}

export const paperWords: Readonly<Record<'vi' | 'en', PaperWords>> = {
  vi: {
    paper: 'Bến Sông',
    motto: 'Nhật báo của những miền nước',
    sections: 'Chuyên mục',
    crumbs: 'Bạn đang ở',
    latest: 'Mới nhất',
    home: 'Trang nhất',
    skip: 'Đến nội dung',
    reactions: 'Bạn thấy bài viết này thế nào? Thư của bạn luôn được đọc tại',
    comments: 'Bình luận',
    letters: 'Gửi ý kiến về toà soạn:',
    dontMiss: 'Đừng bỏ lỡ',
    mostRead: 'Đọc nhiều',
    newest: 'Tin mới',
    newsletter: 'Đăng ký ấn phẩm',
    email: 'Địa chỉ email',
    subscribe: 'Đăng ký',
    consent: 'Tôi đồng ý nhận bản tin này qua email và có thể huỷ bất cứ lúc nào.',
    sponsored: 'Nội dung tài trợ',
    invented:
      'Bến Sông là tờ báo được đặt ra để dùng thử Afterword. Người, nơi chốn và sự việc trong bài đều là hư cấu.',
    locale: 'vi-VN',
  },
  en: {
    paper: 'Bến Sông',
    motto: 'A daily of the river country, in English',
    sections: 'Sections',
    crumbs: 'You are here',
    latest: 'Latest',
    home: 'Front page',
    skip: 'Skip to content',
    reactions: 'How did you find this story? Your letters are always read at',
    comments: 'Comments',
    letters: 'Write to the newsroom:',
    dontMiss: 'Don’t miss',
    mostRead: 'Most read',
    newest: 'Latest',
    newsletter: 'Newsletters',
    email: 'Email address',
    subscribe: 'Subscribe',
    consent: 'I agree to receive this newsletter by email and can stop at any time.',
    sponsored: 'Sponsored',
    invented: 'Bến Sông is a paper invented to try Afterword with. Its people, places and events are fiction.',
    locale: 'en-GB',
  },
};
