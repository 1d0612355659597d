/** Khi một lần bỏ phiếu không được nhận. */
export const viVoting = {
  identity: 'Mạng này đã có nhiều lượt ẩn danh. Mời bạn đăng nhập để tham gia.',
};

export type VotingCatalogue = typeof viVoting;
