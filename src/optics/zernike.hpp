// Order (n, m) of a fringe Zernike index; m < 0 marks the sine term.
#pragma once

namespace damascene::optics {

struct ZernikeOrder {
    int n = 0, m = 0;
};
ZernikeOrder fringe_order(int index);  ///< 1..37, InputError otherwise

}  // namespace damascene::optics
