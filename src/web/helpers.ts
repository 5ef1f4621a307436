export const ART_HOSTS = ['i.scdn.co'];
