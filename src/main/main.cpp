// SPDX-License-Identifier: Apache-2.0
#include "main/run.hpp"

int main(int argc, char** argv) {
    return static_cast<int>(vcare::program::run(argc, argv));
}
