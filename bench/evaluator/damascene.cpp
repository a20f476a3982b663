#include "evaluator/problem.hpp"

namespace damascene::bench {

Evaluator damascene_evaluator(const opc::ProcessCorners& corners, int) {
    return [corners](const Field2<std::uint8_t>& target, const Field2<std::uint8_t>& mask) {
        const opc::Score s = opc::score(target, mask, corners);
        return Counts{s.l2, s.pvb};
    };
}

}  // namespace damascene::bench
