#include "reports/trackers/figures.h"

namespace reports::trackers {

std::vector<metrics::MetricValue> FiguresOf(const record::Record& record) {
  std::vector<metrics::MetricValue> figures = metrics::MetricsOf(record);
  std::erase_if(figures, [](const metrics::MetricValue& metric) {
    return !metric.is_figure || metric.trust != gate::Trust::Full;
  });
  return figures;
}

}  // namespace reports::trackers
