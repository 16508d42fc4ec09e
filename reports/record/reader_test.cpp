#include "reports/record/reader.h"
