/** Words that make a name look like the newsroom's. Longer names hold them: `Ban biên tập`, `Quản trị viên`. */
export const newsroomRoles: readonly string[] = [
  ...['Admin', 'Admins', 'Administrator', 'Sysadmin', 'Webmaster', 'Mod', 'Mods', 'Moderator', 'Moderators'],
  ...['Editor', 'Editors', 'Editorial', 'Newsroom', 'Staff', 'Official'],
  ...['Quản trị', 'Điều hành', 'Kiểm duyệt', 'Biên tập', 'Tòa soạn', 'Tòa báo', 'Chủ bút'],
  ...['Phóng viên', 'Nhà báo', 'Ký giả', 'Bình luận viên', 'Cộng tác viên', 'Ban bạn đọc', 'Ban thư ký'],
  ...['BBT', 'BTV', 'TBT', 'QTV', 'PV', 'CTV'],
];
