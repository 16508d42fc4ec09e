#include "reports/record/writer.h"
