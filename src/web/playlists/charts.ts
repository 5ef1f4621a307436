import { CHARTS } from '../../figures/charts.ts';
import type { Figures } from '../../figures/figures.ts';
import { PLAYLIST_CHARTS, type Profile } from '../../playlists/profile.ts';
import { chartSeries, type ChartSeries } from '../page/findings.ts';

export function soundCharts(
  profile: Profile,
  archive: Figures,
): { profileSeries: ChartSeries[]; courseSeries: ChartSeries[] } {
  const own = profile.with_features > 0 ? PLAYLIST_CHARTS['audio-profile'](profile) : null;
  const profileSeries = archive.with_features > 0 ? chartSeries(own, CHARTS['audio-profile'](archive)) : [];
  const course = { name: 'Energy', ...PLAYLIST_CHARTS['energy-course'](profile) };
  return { profileSeries, courseSeries: profile.energy.known > 0 ? [course] : [] };
}
