// Where assist features belong: descent of a grey assist mask on a coarse lattice around a fixed main pattern.
//
//   M_f = main_f + sinc(fx/n) sinc(fy/n) (1/n^2) sum_j a_j e^{-2 pi i f.(j + 1/2)/n},   0 <= a_j <= 1
//
// a_j lives on square lattice cells that keep a distance from the target; it follows the exact derivative of the
// printing loss plus the outer-dose loss (which resists printing assists) by projected heavy-ball steps. Cells above
// 1/2 become rectangles and their unions: seeds for edge correction, which then moves their edges like all others.
#pragma once

#include "opc/edge_descent.hpp"

namespace damascene::opc {

/// Polygons in layout nm. `lattice_nm` is about the width of an assist, `keep_out_nm` its least distance to the target.
Region assist_seeds(EdgeDescent&, const Fragments& main, const Region& target, const Cell2&, double lattice_nm,
                    double keep_out_nm, const Context&);

}  // namespace damascene::opc
