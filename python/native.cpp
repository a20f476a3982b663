// The extension module damascene._native.
#include "native.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "damascene/base/cancel.hpp"

namespace damascene::python {

double Dimensional::si(const char* name, std::string_view unit) const {
    const std::string wanted = dimension_name(parse_unit(unit).dimension), example = "\"10 " + std::string(unit) + "\"";
    const bool quantity = nb::hasattr(given, "si") && nb::hasattr(given, "unit");
    if (!nb::isinstance<nb::str>(given) && !quantity)
        throw nb::type_error((std::string("'") + name + "' needs a unit: " + wanted + ", for example " + example +
                              " or 10 * dm." + std::string(unit))
                                 .c_str());
    const std::string text = nb::cast<std::string>(nb::str(given));
    const QuantityParse parsed = parse_quantity(text);
    if (!parsed.value)
        throw InputError("D0202", std::string("'") + name + "': " + parsed.error,
                         parsed.help.empty() ? "for example " + example : parsed.help);
    if (!parsed.value->has_unit)
        throw InputError("D0201", std::string("'") + name + "' needs a unit: " + wanted, "for example " + example);
    if (!(parsed.value->dimension == parse_unit(unit).dimension))
        throw InputError("D0203",
                         std::string("'") + name + "' wants " + wanted + ", not " +
                             dimension_name(parsed.value->dimension) + " (" + escape_text(text) + ")",
                         "for example " + example);
    return parsed.value->si;
}

namespace {

/// One computation on a thread of its own.
class Errand {
  public:
    explicit Errand(std::function<void()> work) : thread_([this, work = std::move(work)] { run(work); }) {}
    ~Errand() { thread_.join(); }
    bool wait(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return finished_.wait_for(lock, time, [this] { return done_; });
    }
    std::exception_ptr fault;

  private:
    void run(const std::function<void()>& work) {
        try {
            work();
        } catch (...) {
            fault = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        done_ = true;
        finished_.notify_one();
    }
    std::mutex mutex_;
    std::condition_variable finished_;
    bool done_ = false;
    std::thread thread_;  // last: everything above exists before it starts
};

}  // namespace

void away(std::atomic<bool>& cancel, const std::function<void()>& work, const std::function<void()>& between) {
    std::exception_ptr stop;
    const auto listen = [&] {
        if (stop) return;
        try {
            if (PyErr_CheckSignals() != 0) throw nb::python_error();
            if (between) between();
        } catch (...) {
            stop = std::current_exception();
            cancel = true;
        }
    };
    Errand errand([&] {
        const CancelScope scope(&cancel);
        work();
    });
    for (bool done = false; !done;) {
        {
            nb::gil_scoped_release release;
            done = errand.wait(std::chrono::milliseconds(50));
        }
        listen();
    }
    if (stop) std::rethrow_exception(stop);
    if (errand.fault) std::rethrow_exception(errand.fault);
}

void away_with_progress(nb::handle progress, const std::function<void(const Context&)>& work) {
    std::atomic<bool> cancel = false;
    std::mutex mutex;
    std::deque<Progress> news;
    Context context;
    context.cancel_requested = &cancel;
    if (!progress.is_none())
        context.on_progress = [&](const Progress& p) {
            const std::lock_guard lock(mutex);
            news.push_back(p);
        };
    const auto tell = [&] {
        std::deque<Progress> now;
        {
            const std::lock_guard lock(mutex);
            now.swap(news);
        }
        for (const Progress& p : now) {
            nb::dict metrics;
            for (const auto& [name, value] : p.metrics) metrics[name.c_str()] = value;
            progress(p.phase, p.done, metrics);
        }
    };
    away(
        cancel, [&] { work(context); }, tell);
}

Array2<double> matrix_of(const std::vector<std::vector<double>>& rows) {
    const std::size_t columns = rows.empty() ? 0 : rows.front().size();
    auto* kept = new std::vector<double>();
    kept->reserve(rows.size() * columns);
    for (const auto& row : rows) kept->insert(kept->end(), row.begin(), row.end());
    nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<double>*>(p); });
    return Array2<double>(kept->data(), {rows.size(), columns}, owner);
}

nb::object part_of(nb::object part, nb::handle whole) {
    static const nb::handle keep =  // for ever, as the module
        nb::object(nb::cpp_function([](nb::handle, nb::handle) {}, nb::keep_alive<1, 2>())).release();
    keep(part, whole);
    return part;
}

nb::bytes to_python(const io::Bytes& bytes) { return nb::bytes(bytes.data(), bytes.size()); }

io::ByteView bytes_of(const nb::bytes& bytes) {
    return {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()};
}

namespace {

/// An instance of damascene.errors.<name>(text, diagnostics) as the pending exception.
void raise(const char* name, const std::string& text, const std::vector<Diagnostic>& diagnostics) {
    nb::list items;
    for (const Diagnostic& d : diagnostics) {
        nb::dict item;
        item["code"] = d.code;
        item["message"] = d.message;
        item["file"] = d.where.file;
        item["line"] = d.where.line;
        item["column"] = d.where.column;
        item["label"] = d.label;
        item["notes"] = d.notes;
        item["hint"] = d.help;
        item["text"] = flow::render_diagnostic(d);
        items.append(item);
    }
    const nb::object kind = nb::module_::import_("damascene.errors").attr(name);
    PyErr_SetObject(kind.ptr(), kind(text, items).ptr());
}

std::string rendered(const std::vector<Diagnostic>& diagnostics) {
    std::string text;
    for (const Diagnostic& d : diagnostics) text += flow::render_diagnostic(d);
    return text;
}

void translate(const std::exception_ptr& fault, void*) {
    try {
        std::rethrow_exception(fault);
    } catch (const InputError& error) {
        raise("InputError", rendered(error.diagnostics()), error.diagnostics());
    } catch (const ResourceError& error) {
        raise("ResourceError", rendered({error.diagnostic()}), {error.diagnostic()});
    } catch (const NumericalError& error) {
        const Diagnostic d{"D0503", error.what(), {}, {}, {}, {}};
        raise("NumericalError", rendered({d}), {d});
    } catch (const Cancelled&) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
    }
}

}  // namespace
}  // namespace damascene::python

NB_MODULE(_native, m) {
    using namespace damascene::python;
    nb::register_exception_translator(translate);
    bind_base(m);
    bind_geometry(m);
    bind_nouns(m);
    bind_flow(m);
    bind_optics(m);
    bind_opc(m);
    bind_resist(m);
    bind_commands(m);
    bind_sweep(m);
}
