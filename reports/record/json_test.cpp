#include "reports/record/json.h"
