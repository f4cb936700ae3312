export { ConnectionBadge, type ConnectionPhase } from './connection-badge';
export { ConnectionNotice } from './connection-notice';
export { FileSize } from './file-size';
export { Icon, type IconName } from './icon';
export { JobProgressBar } from './job-progress-bar';
export { Notice } from './notice';
export { STATUS_WORDS, StatusBadge } from './status-badge';
export { TimeAgo } from './time-ago';
