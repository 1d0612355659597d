/** Khi một lựa chọn chưa được nhận. */
export const viVoting = {
  identity: 'Mạng này đã có nhiều lượt ẩn danh. Mời bạn đăng nhập để tham gia.',
  waiting: 'Chưa gửi được. Lựa chọn của bạn sẽ được gửi khi có mạng.',
};

export type VotingCatalogue = typeof viVoting;
