// SPDX-License-Identifier: Apache-2.0
#include "application/built_in_texts.hpp"

namespace vcare::application {

std::vector<domain::ConsentText> built_in_consent_texts() {
    using enum domain::ConsentType;
    return {
        {telehealth, "en", "built-in-1",
         "I agree to see my clinician by video instead of in person. I know that a video visit cannot "
         "replace every examination, that the connection may fail, and that my clinician may then ask me "
         "to come in. The visit is private and is not recorded unless I agree to that separately. I can "
         "stop at any time, and saying no does not change my right to care."},
        {telehealth, "fa-AF", "built-in-1",
         "من موافقم که داکتر خود را به‌جای ملاقات حضوری از راه ویدیو ببینم. می‌دانم که ملاقات ویدیویی "
         "جای هر معاینه را نمی‌گیرد، ارتباط ممکن است قطع شود، و در آن صورت شاید از من خواسته شود که "
         "حضوری بیایم. این ملاقات خصوصی است و ثبت نمی‌شود مگر این‌که جداگانه به آن موافقت کنم. هر وقت "
         "بخواهم می‌توانم آن را متوقف کنم، و نه گفتن حق مراقبت مرا تغییر نمی‌دهد."},
        {recording, "en", "built-in-1",
         "I agree that this visit is recorded. Everybody in the visit sees when it is. I can stop the "
         "recording at any time."},
        {recording, "fa-AF", "built-in-1",
         "من موافقم که این ملاقات ثبت شود. همه در ملاقات می‌بینند که چه وقت ثبت جریان دارد. هر وقت "
         "بخواهم می‌توانم ثبت را متوقف کنم."},
    };
}

}  // namespace vcare::application
